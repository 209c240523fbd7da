using System.Text.Json;
using Morgan.LlmSimulator.Formats;
using Morgan.LlmSimulator.Requests;

namespace Morgan.LlmSimulator.Api;

/// <summary>The POST requests under /v1.</summary>
internal static class GenerationApi
{
    /// <summary>Maps the paths.</summary>
    public static void MapGenerationApi(this IEndpointRouteBuilder app)
    {
        Map("/v1/chat/completions", ChatFormat.Read);
        Map("/v1/completions", CompletionFormat.Read);
        Map("/v1/responses", ResponsesFormat.Read);
        Map("/v1/embeddings", EmbeddingRequest.Read);

        void Map(string path, Func<JsonElement, HostRequest> read) =>
            app.MapPost(path, (HttpContext context, RequestPipeline pipeline) => pipeline.RunAsync(context, read));
    }
}
