using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Responses;
using Morgan.EmbeddingService.Similarity;

namespace Morgan.EmbeddingService.Endpoints.Tei;

/// <summary>The paths of Hugging Face's Text Embeddings Inference.</summary>
internal static class TeiApi
{
    /// <summary>Maps <c>POST /embed</c>, <c>/similarity</c>, <c>/tokenize</c> and <c>GET /info</c>.</summary>
    public static void MapTei(this IEndpointRouteBuilder routes)
    {
        var runner = routes.ServiceProvider.GetRequiredService<JobRunner>();
        var catalog = routes.ServiceProvider.GetRequiredService<ModelCatalog>();
        Post(routes, "/embed", (context, body) => EmbedAsync(runner, context, body));
        Post(routes, "/similarity", (context, body) => CompareAsync(runner, context, body));
        Post(routes, "/tokenize", (context, body) => TeiTokenize.AnswerAsync(runner, catalog, context, body));
        routes.MapGet("/info", context => TeiInfo.AnswerAsync(catalog, context)).WithMetadata(TeiErrors.Body);
    }

    private static void Post(IEndpointRouteBuilder routes, string path, Func<HttpContext, RequestBody, Task> answer) =>
        routes.MapPost(path, context => JobRunner.HandleAsync(context, answer)).WithMetadata(TeiErrors.Body);

    private static async Task EmbedAsync(JobRunner runner, HttpContext context, RequestBody body)
    {
        using var request = TeiReader.Read(body.Bytes, mayBeIds: true);
        await runner.RunAsync(context, body, request.Inputs, Ask(request), (http, job) =>
        {
            if (!request.Normalize && job.Model.IsNormalized)
            {
                throw Rejection.InvalidValue("normalize", $"'normalize' cannot be false: the vectors of the model '{job.Model.Name}' have length 1.");
            }

            http.Response.ContentType = "application/json";
            var shape = new VectorShape(request.Dimensions ?? job.Model.Dimensions, request.Normalize && !job.Model.IsNormalized);
            return VectorLists.WriteAsync(http, job, shape);
        });
    }

    private static async Task CompareAsync(JobRunner runner, HttpContext context, RequestBody body)
    {
        using var request = TeiReader.ReadPair(body.Bytes);
        var (source, sentences) = (request.Inputs.RangeOf(TeiReader.Source), request.Inputs.RangeOf(TeiReader.Sentences));
        await runner.RunAsync(context, body, request.Inputs, Ask(request), (http, job) =>
        {
            var one = job.Items[source][0].Vector;
            var scores = new List<float>();
            foreach (ref readonly var item in job.Items[sentences])
            {
                scores.Add(Scores.Of(Metric.Cosine, one, item.Vector));
            }

            return http.Response.WriteAsJsonAsync(scores, http.RequestAborted);
        });
    }

    private static JobAsk Ask(TeiRequest request) =>
        new(request.Model, request.Dimensions, request.PromptName, request.Truncate is { } cut ? !cut : null);
}
