namespace Morgan.LlmService.Admission.Shared;

/// <summary>What is set aside: tokens of requests at work, and what replicas hold under lease.</summary>
internal sealed record ReservedView(long Tokens, long LeasedRequests, long LeasedTokens);
