using System.Text.Json;
using Morgan.LlmService.Routing;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Endpoints;

/// <summary>
/// The models of all hosts, the aliases and those of the embedding service, in one list:
/// <c>{"object":"list","data":[{"id":"llama3","object":"model","created":1735689600,"owned_by":"library"}]}</c>. A key that
/// is held to some models sees those. Where nobody says when a model came into being, it is the service's start.
/// </summary>
internal sealed class ModelsEndpoint(ModelCatalog catalog, EmbeddingLink embedding, ModelResolver resolver, TimeProvider time)
{
    private readonly long _start = time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary><c>GET /v1/models</c>.</summary>
    public async Task ListAsync(HttpContext context)
    {
        await resolver.FirstAnswersAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var model in Visible(context))
        {
            Write(json, model);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary><c>GET /v1/models/{id}</c>; an id may hold slashes.</summary>
    public async Task GetAsync(HttpContext context, string id)
    {
        await resolver.FirstAnswersAsync(context.RequestAborted);
        if (Visible(context).FirstOrDefault(model => model.Id == id) is not { } found)
        {
            var (_, error) = await resolver.FindAsync(id, context.Features.Get<Caller>()!, context.RequestAborted);
            await (error ?? OpenAiError.ModelNotFound($"The model '{id}' does not exist.")).WriteAsync(context);
            return;
        }

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        Write(json, found);
    }

    private void Write(Utf8JsonWriter json, ModelInfo model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Id);
        json.WriteString("object", "model");
        json.WriteNumber("created", model.Created > 0 ? model.Created : _start);
        json.WriteString("owned_by", model.OwnedBy);
        json.WriteEndObject();
    }

    private IEnumerable<ModelInfo> Visible(HttpContext context)
    {
        var caller = context.Features.Get<Caller>()!;
        return catalog.Routes.Routes
            .Where(route => route.Tiers.Count > 0)
            .Select(route => new ModelInfo(route.Name, route.Created, route.OwnedBy))
            .Concat(embedding.Models ?? [])
            .Where(model => caller.MayUse(model.Id))
            .DistinctBy(model => model.Id)
            .OrderBy(model => model.Id, StringComparer.Ordinal);
    }
}
