namespace Morgan.EmbeddingService.Requests;

/// <summary>The inputs of one field of a request.</summary>
/// <param name="Name">The field, as error messages name it.</param>
/// <param name="Start">The place of its first input.</param>
/// <param name="IsSingle">Whether the client sent one text or one list of ids, not a list of inputs.</param>
internal sealed record InputPart(string Name, int Start, bool IsSingle);
