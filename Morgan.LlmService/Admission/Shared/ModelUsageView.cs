namespace Morgan.LlmService.Admission.Shared;

/// <summary>The ledger of one model and day.</summary>
internal sealed record ModelUsageView
{
    /// <summary>Requests that are over.</summary>
    public long Requests { get; init; }

    /// <summary>Attempts at them.</summary>
    public long Attempts { get; init; }

    /// <summary>Tokens of prompts that were answered.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of the answers.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens spent for nothing, as estimated: lost attempts, clients that left, orphans.</summary>
    public long WastedTokens { get; init; }

    /// <summary>Requests whose replica died; booked as they were set aside.</summary>
    public long Orphans { get; init; }
}
