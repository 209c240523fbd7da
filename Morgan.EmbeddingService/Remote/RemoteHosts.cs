using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Requests;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Hosts;

namespace Morgan.EmbeddingService.Remote;

/// <summary>The hosts of <c>Embedding:Remote</c>, as the configuration in force has them.</summary>
internal sealed class RemoteHosts : IHostedLifecycleService, IDisposable
{
    private readonly IReloading<EmbeddingOptions> _options;
    private readonly HostRegistry _registry;
    private readonly UpstreamClient _client;
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;

    public RemoteHosts(IReloading<EmbeddingOptions> options, HostRegistry registry, UpstreamClient client, TimeProvider time)
    {
        (_options, _registry, _client, _time) = (options, registry, client, time);
        registry.Apply(options.Current.Remote);
        _subscription = options.OnChange(version => registry.Apply(version.Remote));
    }

    /// <summary>Has texts embedded by one of the hosts that serve a model.</summary>
    /// <exception cref="Rejection">No host did; says why.</exception>
    public async Task<RemoteAnswer> EmbedAsync(RemoteModel model, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var request = new UpstreamRequest
        {
            Tiers = model.TiersOf(_registry.Current),
            Attempts = new EmbeddingAttempts(texts),
            Deadline = Deadline.After(_time, _options.Current.Remote.Timeouts.Total),
        };
        await using var result = await _client.SendAsync(request, cancellationToken);
        if (result is { Kind: UpstreamResultKind.Accepted, Attempt: EmbeddingAttempt { Answer: { } answer } })
        {
            result.Lease?.Complete(AttemptOutcome.Success);
            return answer;
        }

        throw new Rejection(Explain(result));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => _registry.WhenReady(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _subscription.Dispose();

    private static OpenAiError Explain(UpstreamResult result) => result.Kind switch
    {
        UpstreamResultKind.RateLimited => OpenAiError.RateLimited(
            "requests", "Every embedding host is rate-limited.", result.RetryAfter ?? TimeSpan.FromSeconds(1)) with
        { ShouldRetry = false },
        UpstreamResultKind.HostError when (int?)result.Response?.StatusCode is >= 400 and < 500 => new OpenAiError(
            400, "invalid_request_error", "invalid_value", $"The embedding host refused the texts ({(int)result.Response!.StatusCode}).", "input"),
        UpstreamResultKind.Timeout => OpenAiError.UpstreamTimeout("No embedding host answered in time."),
        UpstreamResultKind.NoHealthyHost => new OpenAiError(
            503, "server_error", "no_healthy_host", "No embedding host is usable (Embedding:Remote:Hosts).")
        { RetryAfter = result.RetryAfter, ShouldRetry = false },
        UpstreamResultKind.Overloaded => OpenAiError.Overloaded("Every embedding host is full.", result.RetryAfter ?? TimeSpan.FromSeconds(1)),
        UpstreamResultKind.Misconfigured => new OpenAiError(
            502, "server_error", "host_misconfigured", "The embedding host refused Morgan's credentials or redirected."),
        _ => OpenAiError.BadUpstreamResponse("The embedding host gave no usable answer."),
    };
}
