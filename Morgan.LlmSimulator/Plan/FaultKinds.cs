namespace Morgan.LlmSimulator.Plan;

/// <summary>
/// The ways in which a simulated host can fail. Unless said otherwise a fault concerns the POST requests under /v1,
/// streamed or not, and leaves health checks and <c>GET /v1/models</c> alone.
/// </summary>
internal static class FaultKinds
{
    /// <summary>Answers <see cref="Fault.Status"/> with OpenAI's error body and, if given, <c>Retry-After</c>.</summary>
    public const string Status = "status";

    /// <summary>Takes the connection and the request, then resets it (RST) without one byte of answer.</summary>
    public const string Refuse = "refuse";

    /// <summary>Never answers; ends when the client leaves.</summary>
    public const string Hang = "hang";

    /// <summary>Sends the response head only after <see cref="Fault.DelayMs"/>, then answers normally.</summary>
    public const string SlowHeaders = "slow-headers";

    /// <summary>Goes silent after <see cref="Fault.AfterEvents"/> events (not streamed: after half the body) until the client leaves.</summary>
    public const string Stall = "stall";

    /// <summary>
    /// Ends the response in good order after <see cref="Fault.AfterEvents"/> events, without <c>[DONE]</c>.
    /// Not streamed: promises a length, sends half of it and closes the connection (FIN).
    /// </summary>
    public const string Cut = "cut";

    /// <summary>Resets the connection (RST) after <see cref="Fault.AfterEvents"/> events; not streamed: after half the body.</summary>
    public const string Reset = "reset";

    /// <summary>
    /// Status 200, but an error object: as the event after <see cref="Fault.AfterEvents"/> events, then the stream's
    /// orderly end; not streamed: as the body.
    /// </summary>
    public const string ErrorIn200 = "error-in-200";

    /// <summary>An event that is not JSON after <see cref="Fault.AfterEvents"/> events, then on as if nothing were; not streamed: the body.</summary>
    public const string MalformedJson = "malformed-json";

    /// <summary>An event that breaks off in the middle of its JSON, then the orderly end of the response; not streamed: half the body, chunked.</summary>
    public const string TruncatedJson = "truncated-json";

    /// <summary>A right answer whose multi-byte characters are torn apart over several writes. The text holds 2-, 3- and 4-byte characters.</summary>
    public const string SplitUtf8 = "split-utf8";

    /// <summary>A right answer without usage, also where it was asked for.</summary>
    public const string NoUsage = "no-usage";

    /// <summary>A right answer whose usage is nonsense: no prompt tokens, a million completion tokens, 7 in all.</summary>
    public const string LyingUsage = "lying-usage";

    /// <summary>Sends the stream's last event twice. Only streams.</summary>
    public const string DuplicateDone = "duplicate-done";

    /// <summary>One event of 1 MiB of text after <see cref="Fault.AfterEvents"/> events; not streamed: 1 MiB more text in the body.</summary>
    public const string HugeEvent = "huge-event";

    /// <summary><c>GET /health</c>, <c>/alive</c> and <c>/v1/models</c> answer 503; requests work.</summary>
    public const string HealthOnly = "health-only";

    /// <summary>Health checks work; requests answer 503.</summary>
    public const string HealthLies = "health-lies";

    /// <summary>Status 200 with a proxy's sign-in page, <c>text/html</c>.</summary>
    public const string WrongContentType = "wrong-content-type";

    /// <summary>307 to <c>/simulator/redirected</c> on the same host, which counts who follows.</summary>
    public const string Redirect = "redirect";

    /// <summary>Every kind, in the order of documentation.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Status, Refuse, Hang, SlowHeaders, Stall, Cut, Reset, ErrorIn200, MalformedJson, TruncatedJson, SplitUtf8,
        NoUsage, LyingUsage, DuplicateDone, HugeEvent, HealthOnly, HealthLies, WrongContentType, Redirect,
    ];

    /// <summary>Whether a fault of this kind can show on such a request.</summary>
    public static bool Concerns(string kind, bool streamed) => kind switch
    {
        HealthOnly => false,
        DuplicateDone => streamed,
        _ => true,
    };
}
