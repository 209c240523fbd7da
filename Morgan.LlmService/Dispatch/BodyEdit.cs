namespace Morgan.LlmService.Dispatch;

/// <summary>A piece of the body that is replaced on its way to the host.</summary>
/// <param name="Start">Offset in the client's body.</param>
/// <param name="Length">Bytes left out there; 0: nothing is.</param>
/// <param name="Replacement">Bytes put in their place.</param>
internal readonly record struct BodyEdit(int Start, int Length, byte[] Replacement);
