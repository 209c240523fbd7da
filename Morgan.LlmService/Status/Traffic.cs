namespace Morgan.LlmService.Status;

/// <summary>What has been counted since somebody began to look. The page makes rates of it.</summary>
/// <param name="Requests">Requests that have ended.</param>
/// <param name="Errors">Of these, those that ended in an error.</param>
/// <param name="InputTokens">Tokens of prompts.</param>
/// <param name="OutputTokens">Tokens of answers.</param>
internal sealed record Traffic(long Requests, long Errors, long InputTokens, long OutputTokens);
