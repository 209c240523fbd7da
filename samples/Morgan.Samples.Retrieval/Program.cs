// Finds the passages of a folder of Markdown that are nearest to a question, and asks a model to answer from them.
//   dotnet run --project samples/Morgan.Samples.Retrieval -- docs "What happens when a host dies?" [http://localhost:5080 morgan-sim]
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

if (args is not [var folder, var question, ..])
{
    Console.Error.WriteLine("usage: Morgan.Samples.Retrieval FOLDER QUESTION [ADDRESS MODEL]");
    return 2;
}

// What is not said here stands in ConnectionStrings:morgan, which an AppHost gives: docs/client.md.
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddMorganClient("morgan", settings =>
{
    settings.Endpoint = args.Length > 2 ? new Uri(args[2]) : settings.Endpoint ?? new Uri("http://localhost:5080");
    settings.ChatModel = args.ElementAtOrDefault(3) ?? settings.ChatModel ?? "morgan-sim";
    settings.Key ??= Environment.GetEnvironmentVariable("MORGAN_API_KEY");
});
using var host = builder.Build();
var embeddings = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
var chat = host.Services.GetRequiredService<IChatClient>();

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
var vectors = await embeddings.GenerateAsync(passages.Select(passage => passage.Text));
var asked = await embeddings.GenerateVectorAsync(question);
var best = passages
    .Zip(vectors, (passage, vector) => (passage.File, passage.Text, Score: TensorPrimitives.CosineSimilarity(vector.Vector.Span, asked.Span)))
    .OrderByDescending(passage => passage.Score)
    .Take(3)
    .ToList();
foreach (var (file, text, score) in best)
{
    Console.WriteLine($"{score:0.000}  {file}: {text[..Math.Min(text.Length, 160)].ReplaceLineEndings(" ")}");
}

var answer = await chat.GetResponseAsync(
[
    new(ChatRole.System, $"Answer only from this:\n\n{string.Join("\n\n", best.Select(passage => passage.Text))}"),
    new(ChatRole.User, question),
]);
Console.WriteLine($"\n{answer.Text}");
return 0;
