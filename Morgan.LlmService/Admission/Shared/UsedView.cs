namespace Morgan.LlmService.Admission.Shared;

/// <summary>What a tenant has used: in the last 60 s, today in UTC, and requests at work; and how many wait at the replica that was asked.</summary>
internal sealed record UsedView(long RequestsInMinute, long TokensInMinute, long TokensToday, long Concurrent, long Waiting);
