using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>What a script answered to a request that waited for it.</summary>
/// <param name="Result">Null: nothing in time.</param>
/// <param name="MayHaveRun">It was sent without an answer in time, so it may have run or still run.</param>
internal readonly record struct StoreAnswer(RedisResult? Result, bool MayHaveRun = false);
