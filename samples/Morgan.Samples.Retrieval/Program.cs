// Finds the passages of a folder of Markdown that are nearest to a question, and asks a model to answer from them.
//   dotnet run --project samples/Morgan.Samples.Retrieval -- docs "What happens when a host dies?" [http://localhost:5080 morgan-sim]
using System.ClientModel;
using System.Numerics.Tensors;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

if (args is not [var folder, var question, ..])
{
    Console.Error.WriteLine("usage: Morgan.Samples.Retrieval FOLDER QUESTION [ADDRESS MODEL]");
    return 2;
}

var options = new OpenAIClientOptions { Endpoint = new Uri(new Uri(args.ElementAtOrDefault(2) ?? "http://localhost:5080"), "/v1") };
var key = new ApiKeyCredential(Environment.GetEnvironmentVariable("MORGAN_API_KEY") ?? "not needed in Development");
var embeddings = new EmbeddingClient("use-lite", key, options);
var chat = new ChatClient(args.ElementAtOrDefault(3) ?? "morgan-sim", key, options);

// A passage is a paragraph: the default model reads 128 tokens.
var passages = Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
    .SelectMany(file => File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n\n")
        .Select(text => (File: Path.GetFileName(file), Text: text.Trim())))
    .Where(passage => passage.Text.Length > 40)
    .ToList();
if (passages.Count == 0)
{
    Console.Error.WriteLine($"{folder} has no Markdown with a paragraph in it");
    return 1;
}

// All in one call: the service batches, and the next run finds them in the cache.
var vectors = (await embeddings.GenerateEmbeddingsAsync(passages.Select(passage => passage.Text))).Value;
var asked = (await embeddings.GenerateEmbeddingAsync(question)).Value.ToFloats();
var best = passages
    .Zip(vectors, (passage, vector) => (passage.File, passage.Text, Score: TensorPrimitives.CosineSimilarity(vector.ToFloats().Span, asked.Span)))
    .OrderByDescending(passage => passage.Score)
    .Take(3)
    .ToList();
foreach (var (file, text, score) in best)
{
    Console.WriteLine($"{score:0.000}  {file}: {text[..Math.Min(text.Length, 160)].ReplaceLineEndings(" ")}");
}

var answer = await chat.CompleteChatAsync(
    new SystemChatMessage($"Answer only from this:\n\n{string.Join("\n\n", best.Select(passage => passage.Text))}"),
    new UserChatMessage(question));
Console.WriteLine($"\n{answer.Value.Content[0].Text}");
return 0;
