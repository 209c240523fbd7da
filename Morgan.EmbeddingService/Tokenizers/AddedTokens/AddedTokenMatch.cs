namespace Morgan.EmbeddingService.Tokenizers.AddedTokens;

/// <summary>An added token found in a text.</summary>
/// <param name="Start">Where it starts, with the white space that belongs to it.</param>
/// <param name="End">Where the text goes on.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct AddedTokenMatch(int Start, int End, int Id);
