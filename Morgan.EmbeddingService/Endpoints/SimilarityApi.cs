using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Responses;

namespace Morgan.EmbeddingService.Endpoints;

/// <summary>Morgan's own path for comparing texts.</summary>
internal static class SimilarityApi
{
    /// <summary>Maps <c>POST /v1/similarity</c>.</summary>
    public static void MapSimilarity(this IEndpointRouteBuilder routes)
    {
        var runner = routes.ServiceProvider.GetRequiredService<JobRunner>();
        routes.MapPost("/v1/similarity", context => JobRunner.HandleAsync(context, (http, body) => CompareAsync(runner, http, body)));
    }

    private static async Task CompareAsync(JobRunner runner, HttpContext context, RequestBody body)
    {
        using var request = new SimilarityRequest();
        SimilarityReader.Read(body.Bytes, request);
        var (a, b) = (request.Inputs.RangeOf("a"), request.Inputs.RangeOf("b"));
        await runner.RunAsync(context, body, request.Inputs, new JobAsk(request.Model), (http, job) =>
            SimilarityWriter.WriteAsync(http, job, a, b, request.Metric, request.TopK));
    }
}
