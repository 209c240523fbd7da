using Morgan.LlmService.Configuration;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Balancing;

namespace Morgan.LlmService.Routing;

/// <summary>Finds the tiers for a model's name, or the words for a name that nobody serves.</summary>
internal sealed class ModelResolver(ModelCatalog catalog, IReloading<LlmOptions> options, TimeProvider time)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    /// <summary>The tiers, or the error. Waits for the first round of questions to the hosts, when the service has just started.</summary>
    public ValueTask<(IReadOnlyList<Tier>? Tiers, OpenAiError? Error)> FindAsync(string model, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.MayUse(model))
        {
            return new((null, OpenAiError.ModelNotAllowed(model)));
        }

        var route = catalog.Routes.FindNamed(model);
        return route is { Tiers.Count: > 0 } ? new((route.Tiers, null))
            : catalog.FirstRound.IsCompleted ? new(Find(model, caller))
            : WaitAsync(model, caller, cancellationToken);
    }

    /// <summary>Waits until every host has been asked once for its models, at most as long as a check may take.</summary>
    public async Task FirstAnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await catalog.FirstRound.WaitAsync(options.Current.Health.Timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // answered by what is known
        }
    }

    private async ValueTask<(IReadOnlyList<Tier>? Tiers, OpenAiError? Error)> WaitAsync(string model, Caller caller, CancellationToken cancellationToken)
    {
        await FirstAnswersAsync(cancellationToken);
        return Find(model, caller);
    }

    private (IReadOnlyList<Tier>? Tiers, OpenAiError? Error) Find(string model, Caller caller)
    {
        var routes = catalog.Routes;
        var tiers = routes.Find(model);
        if (tiers.Count > 0)
        {
            return (tiers, null);
        }

        return routes.UnknownHosts > 0 || routes.FindNamed(model) is not null
            ? (null, new OpenAiError(503, "server_error", "no_healthy_host",
                $"No host that is up serves the model '{Short(model)}'; {routes.UnknownHosts} have not said yet which models they have.")
            { RetryAfter = AskAgain })
            : (null, OpenAiError.ModelNotFound(Message(model, routes, caller)));
    }

    private static string Message(string model, RouteTable routes, Caller caller)
    {
        var nearest = NearestNames.Of(model, routes.Routes.Select(route => route.Name).Where(caller.MayUse));
        var message = $"The model '{Short(model)}' does not exist";
        return nearest.Count > 0
            ? $"{message}. Did you mean {string.Join(" or ", nearest.Select(name => $"'{name}'"))}?"
            : $"{message}; GET /v1/models lists those that do.";
    }

    private static string Short(string model) => model.Length <= 128 ? model : $"{model[..128]}…";
}
