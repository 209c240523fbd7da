namespace Morgan.LlmService.Endpoints;

/// <summary>The paths under <c>/v1</c>.</summary>
internal static class OpenAiApi
{
    /// <summary>Maps them. Handlers take the context itself: nothing is bound, nothing is made of the body.</summary>
    public static void MapOpenAiApi(this WebApplication app)
    {
        var services = app.Services;
        var generation = services.GetRequiredService<GenerationEndpoint>();
        var embeddings = services.GetRequiredService<EmbeddingsEndpoint>();
        var models = services.GetRequiredService<ModelsEndpoint>();
        foreach (var operation in (Operation[])[Operation.Chat, Operation.Completions, Operation.Responses])
        {
            app.MapPost($"/v1/{operation.Path}", (RequestDelegate)(context => generation.HandleAsync(context, operation)));
        }

        app.MapPost("/v1/embeddings", (RequestDelegate)embeddings.HandleAsync);
        app.MapGet("/v1/models", (RequestDelegate)models.ListAsync);
        app.MapGet("/v1/models/{**id}", (RequestDelegate)(context =>
            models.GetAsync(context, (string?)context.Request.RouteValues["id"] ?? "")));
    }
}
