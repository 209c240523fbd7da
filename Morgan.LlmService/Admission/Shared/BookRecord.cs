using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>One booking, to be sent until it has been answered; it counts once.</summary>
/// <param name="Kind"><c>open</c>, <c>close</c>, <c>drop</c>, <c>touch</c> or <c>return</c>, as Scripts/book.lua has them.</param>
/// <param name="Id">Of the request, or of the lease.</param>
/// <param name="Tokens">Set aside, or used.</param>
/// <param name="Lease">The lease it was taken from; empty: none.</param>
/// <param name="Model">The model that was asked for.</param>
/// <param name="At">Timestamp of its making.</param>
/// <param name="Bill">What a closed request has come to.</param>
internal readonly record struct BookRecord(
    string Kind, string Id, long Tokens = 0, string Lease = "", string Model = "", long At = 0, Bill Bill = default)
{
    /// <summary>The values that one record takes.</summary>
    public const int Fields = 8;

    /// <summary>Whether it is of a request that the store has not admitted, nor set aside under a lease.</summary>
    public bool IsNews => Kind == "open" && Lease.Length == 0;

    /// <summary>Writes it for the script.</summary>
    public void Write(Span<RedisValue> values, TimeProvider time)
    {
        (values[0], values[1], values[2]) = (Kind, Id, Tokens);
        if (Kind == "close")
        {
            (values[3], values[4], values[5], values[6], values[7]) = (Model, Bill.Input, Bill.Output, Bill.Wasted, Bill.Attempts);
        }
        else
        {
            (values[3], values[4], values[5]) = (Lease, Model, (long)time.GetElapsedTime(At).TotalMilliseconds);
            (values[6], values[7]) = (0, 0);
        }
    }
}
