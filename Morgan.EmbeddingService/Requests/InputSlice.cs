namespace Morgan.EmbeddingService.Requests;

/// <summary>One input of a request: where its JSON string stands in the body, or its ids among the request's ids.</summary>
/// <param name="Start">Of a text: the index of the opening quote in the body. Of ids: the index of the first.</param>
/// <param name="Length">Of a text: bytes, quotes included. Of ids: how many.</param>
/// <param name="IsIds">Whether the client sent token ids.</param>
/// <param name="IsEscaped">Whether the text holds escapes such as <c>\n</c>.</param>
internal readonly record struct InputSlice(int Start, int Length, bool IsIds, bool IsEscaped);
