using System.Text.Json;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Responses;
using Morgan.ServiceDefaults.Auth;

namespace Morgan.EmbeddingService.Endpoints.OpenAi;

/// <summary>OpenAI's paths.</summary>
internal static class OpenAiApi
{
    /// <summary>Maps <c>POST /v1/embeddings</c> and <c>GET /v1/models</c>.</summary>
    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        var runner = routes.ServiceProvider.GetRequiredService<JobRunner>();
        var catalog = routes.ServiceProvider.GetRequiredService<ModelCatalog>();
        Func<HttpContext, RequestBody, Task> embed = (context, body) => EmbedAsync(runner, context, body);
        routes.MapPost("/v1/embeddings", context => JobRunner.HandleAsync(context, embed));
        routes.MapGet("/v1/models", context => WriteModelsAsync(catalog, context));
    }

    private static async Task EmbedAsync(JobRunner runner, HttpContext context, RequestBody body)
    {
        using var request = new EmbeddingRequest(body);
        OpenAiReader.Read(request);
        var ask = new JobAsk(request.Model, request.Dimensions, request.PromptName);
        var details = MorganHeaders.WantsDetails(context);
        await runner.RunAsync(context, body, request.Inputs, ask, (http, job) =>
            OpenAiWriter.WriteAsync(http, job, request.Encoding, new VectorShape(request.Dimensions ?? job.Model.Dimensions), details));
    }

    private static async Task WriteModelsAsync(ModelCatalog catalog, HttpContext context)
    {
        var caller = context.Features.Get<Caller>()!;
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        foreach (var entry in catalog.Entries.Where(entry => caller.MayUse(entry.Name)))
        {
            writer.WriteStartObject();
            writer.WriteString("id", entry.Name);
            writer.WriteString("object", "model");
            writer.WriteNumber("created", 0);
            writer.WriteString("owned_by", "morgan");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
