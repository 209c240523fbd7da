using System.Diagnostics;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Pipeline;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Responses;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Endpoints;

/// <summary>What the endpoints of all APIs share: find the model, hold it, run the job, measure, and answer what is wrong.</summary>
internal sealed class JobRunner(ModelCatalog catalog, Embedder embedder, CachePartitions partitions, EmbeddingMetrics metrics, TimeProvider time)
{
    /// <summary>Reads a request and answers it; what is wrong with it becomes the error body of its API.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">Reads the body and answers.</param>
    public static async Task HandleAsync(HttpContext context, Func<HttpContext, RequestBody, Task> answer)
    {
        try
        {
            using var body = await RequestBody.ReadAsync(context);
            await answer(context, body);
        }
        catch (Rejection e)
        {
            await e.Error.WriteAsync(context);
        }
    }

    /// <summary>Embeds inputs and has the answer written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="inputs">The inputs in it.</param>
    /// <param name="ask">What is asked of the model.</param>
    /// <param name="write">Writes the answer.</param>
    /// <exception cref="Rejection">The request cannot be served.</exception>
    public async Task RunAsync(HttpContext context, RequestBody body, InputList inputs, JobAsk ask, Func<HttpContext, EmbeddingJob, Task> write)
    {
        var began = time.GetTimestamp();
        var entry = Allowed(context, ask.Model);
        using var activity = EmbeddingTracing.StartEmbeddings(entry.Name);
        var model = await catalog.HoldAsync(entry, context.RequestAborted);
        try
        {
            MorganHeaders.CheckFingerprint(context, model);
            using var job = Begin(context, body, inputs, ask, model);
            await embedder.RunAsync(job, context.RequestAborted);
            MorganHeaders.Write(context, job);
            Describe(activity, job);
            await write(context, job);
            metrics.Request(entry.Name, time.GetElapsedTime(began), job.Tokens, null);
        }
        catch (Rejection e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Error.Code);
            activity?.SetTag("error.type", e.Error.Code);
            metrics.Request(entry.Name, time.GetElapsedTime(began), 0, e.Error.Code);
            throw;
        }
        finally
        {
            model.Release();
        }
    }

    /// <summary>The model that a request asks for, if the caller may use it.</summary>
    /// <exception cref="Rejection">404: there is none; 403: the key is not for it.</exception>
    public ModelEntry Allowed(HttpContext context, string? model)
    {
        var entry = catalog.Get(model);
        return context.Features.Get<Caller>()!.MayUse(entry.Name)
            ? entry
            : throw new Rejection(OpenAiError.ModelNotAllowed(entry.Name));
    }

    private EmbeddingJob Begin(HttpContext context, RequestBody body, InputList inputs, JobAsk ask, LoadedModel model)
    {
        if (ask.Dimensions > model.Dimensions)
        {
            throw Rejection.InvalidValue(
                "dimensions", $"'dimensions' must be 1 to {model.Dimensions} for the model '{model.Name}', is {ask.Dimensions}.");
        }

        return new EmbeddingJob(model, body, inputs)
        {
            Prompt = PromptOf(model, ask.PromptName),
            Directives = CacheControl.Read(context.Request.Headers.CacheControl),
            Secret = partitions.SecretOf(context.Features.Get<Caller>()!, context.Request.Headers["x-morgan-tenant"]),
            RefusesOverflow = ask.RefusesOverflow ?? model.RefusesOverflow,
        };
    }

    private static string PromptOf(LoadedModel model, string? asked)
    {
        if ((asked ?? model.DefaultPrompt) is not { } name)
        {
            return "";
        }

        return model.Prompts.TryGetValue(name, out var text)
            ? text
            : throw Rejection.InvalidValue("prompt_name", model.Prompts.Count == 0
                ? $"The model '{model.Name}' has no prompts."
                : $"'prompt_name' must be one of {string.Join(", ", model.Prompts.Keys)}.");
    }

    private static void Describe(Activity? activity, EmbeddingJob job)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("gen_ai.response.model", job.Model.Name);
        activity.SetTag("gen_ai.usage.input_tokens", job.Tokens);
        activity.SetTag("gen_ai.embeddings.dimension.count", job.Model.Dimensions);
        activity.SetTag("morgan.texts", job.Inputs.Count);
        activity.SetTag("morgan.cache.l1", job.L1Hits);
        activity.SetTag("morgan.cache.l2", job.L2Hits);
        activity.SetTag("morgan.cache.miss", job.Misses);
    }
}
