namespace Morgan.LlmService.Admission.Shared;

/// <summary>What the shared books say to a request.</summary>
internal enum Verdict
{
    /// <summary>Nothing: they cannot be asked, or there is no lease.</summary>
    Unknown,

    /// <summary>Nothing in time, and what they were asked may have been done.</summary>
    Unheard,

    /// <summary>It is admitted and booked.</summary>
    Granted,

    /// <summary>A limit is in the way.</summary>
    Refused,
}
