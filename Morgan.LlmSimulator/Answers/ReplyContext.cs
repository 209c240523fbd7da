using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Answers;

/// <summary>What an answer depends on besides the request.</summary>
/// <param name="HostName">Who answers.</param>
/// <param name="Run">The plan under which it is made.</param>
/// <param name="Place">The request's place in that run.</param>
/// <param name="Fault">The fault that the answer is to show, if any.</param>
/// <param name="Created">The time in Unix seconds.</param>
/// <param name="Memory">Earlier responses.</param>
internal sealed record ReplyContext(string HostName, PlanRun Run, long Place, Fault? Fault, long Created, ResponseMemory Memory);
