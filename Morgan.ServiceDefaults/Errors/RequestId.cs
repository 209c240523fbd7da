namespace Morgan.ServiceDefaults.Errors;

/// <summary>The feature that holds a request's id: <c>x-request-id</c> as the client sent it, or one made here.</summary>
/// <param name="Value">1 to 128 visible ASCII characters.</param>
public sealed record RequestId(string Value)
{
    private const int MaxLength = 128;

    /// <summary>Takes the client's id if it is fit to be logged and sent on, else makes a new one.</summary>
    internal static RequestId From(string? sent) =>
        sent is { Length: > 0 and <= MaxLength } && !sent.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? new RequestId(sent)
            : new RequestId(Make());

    // It only has to be different: a random number that the system makes costs a call of the kernel.
    private static string Make()
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<char> id = stackalloc char["req_".Length + (2 * bytes.Length)];
        Random.Shared.NextBytes(bytes);
        "req_".CopyTo(id);
        Convert.TryToHexStringLower(bytes, id["req_".Length..], out _);
        return new string(id);
    }
}
