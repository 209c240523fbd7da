namespace Morgan.LlmSimulator.Formats;

/// <summary>One event of a stream, ready for the wire.</summary>
/// <param name="Bytes">The whole event with its blank line.</param>
/// <param name="Step">The generation step that has to be done before it is sent, from 0.</param>
/// <param name="Tokens">Tokens that it carries.</param>
/// <param name="IsLast">Whether it ends the stream.</param>
internal readonly record struct StreamEvent(ReadOnlyMemory<byte> Bytes, int Step, int Tokens = 0, bool IsLast = false);
