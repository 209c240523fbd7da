using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Endpoints.Tei;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Responses;
using Morgan.ServiceDefaults.Auth;

namespace Morgan.EmbeddingService.Endpoints.Ollama;

/// <summary>Ollama's paths.</summary>
internal static class OllamaApi
{
    /// <summary>Maps <c>POST /api/embed</c>, <c>/api/embeddings</c>, <c>GET /api/tags</c> and <c>/api/version</c>.</summary>
    public static void MapOllama(this IEndpointRouteBuilder routes)
    {
        var runner = routes.ServiceProvider.GetRequiredService<JobRunner>();
        var catalog = routes.ServiceProvider.GetRequiredService<ModelCatalog>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        Post(routes, "/api/embed", (context, body) => EmbedAsync(runner, time, context, body));
        Post(routes, "/api/embeddings", (context, body) => EmbedOneAsync(runner, context, body));
        routes.MapGet("/api/tags", context => context.Response.WriteAsJsonAsync(Tags(catalog, context), context.RequestAborted))
            .WithMetadata(OllamaErrors.Body);
        routes.MapGet("/api/version", context => context.Response.WriteAsJsonAsync(
            new Dictionary<string, string> { ["version"] = TeiInfo.Version }, context.RequestAborted)).WithMetadata(OllamaErrors.Body);
    }

    private static void Post(IEndpointRouteBuilder routes, string path, Func<HttpContext, RequestBody, Task> answer) =>
        routes.MapPost(path, context => JobRunner.HandleAsync(context, answer)).WithMetadata(OllamaErrors.Body);

    // {"model":"use-lite","embeddings":[[…]],"total_duration":1200000,"load_duration":0,"prompt_eval_count":3}, in nanoseconds
    private static async Task EmbedAsync(JobRunner runner, TimeProvider time, HttpContext context, RequestBody body)
    {
        var began = time.GetTimestamp();
        using var request = OllamaReader.Read(body.Bytes, "input");
        await runner.RunAsync(context, body, request.Inputs, Ask(request), async (http, job) =>
        {
            var output = Begin(http, request.AskedModel ?? job.Model.Name, "embeddings");
            await VectorLists.WriteAsync(http, job, new VectorShape(request.Dimensions ?? job.Model.Dimensions));
            var took = (long)time.GetElapsedTime(began).TotalNanoseconds;
            output.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant(
                $",\"total_duration\":{took},\"load_duration\":0,\"prompt_eval_count\":{job.Tokens}}}")));
        });
    }

    private static async Task EmbedOneAsync(JobRunner runner, HttpContext context, RequestBody body)
    {
        using var request = OllamaReader.Read(body.Bytes, "prompt");
        await runner.RunAsync(context, body, request.Inputs, Ask(request), (http, job) =>
        {
            http.Response.ContentType = "application/json";
            var output = http.Response.BodyWriter;
            output.Write("{\"embedding\":"u8);
            VectorText.WriteNumbers(output, job.Items[0].Vector, new VectorShape(job.Model.Dimensions));
            output.Write("}"u8);
            return Task.CompletedTask;
        });
    }

    private static PipeWriter Begin(HttpContext http, string model, string field)
    {
        http.Response.ContentType = "application/json";
        var output = http.Response.BodyWriter;
        output.Write("{\"model\":\""u8);
        output.Write(JsonEncodedText.Encode(model).EncodedUtf8Bytes);
        output.Write(Encoding.ASCII.GetBytes($"\",\"{field}\":"));
        return output;
    }

    private static JobAsk Ask(OllamaRequest request) =>
        new(request.Model, request.Dimensions, RefusesOverflow: request.Truncate is { } cut ? !cut : null);

    private static Dictionary<string, object> Tags(ModelCatalog catalog, HttpContext context)
    {
        var caller = context.Features.Get<Caller>()!;
        return new()
        {
            ["models"] = catalog.Entries.Where(entry => caller.MayUse(entry.Name)).Select(entry => new Dictionary<string, object>
            {
                ["name"] = $"{entry.Name}:latest",
                ["model"] = $"{entry.Name}:latest",
                ["modified_at"] = DateTimeOffset.UnixEpoch,
                ["size"] = entry.Loaded?.FileBytes ?? 0,
                ["digest"] = entry.Loaded?.Fingerprint ?? "",
                ["details"] = new Dictionary<string, string>
                {
                    ["format"] = "onnx",
                    ["family"] = "embedding",
                    ["parameter_size"] = "",
                    ["quantization_level"] = "",
                },
            }),
        };
    }
}
