using System.Net;
using System.Text.Json;
using Microsoft.Extensions.ServiceDiscovery.Http;
using Morgan.LlmService.Configuration;
using Morgan.LlmService.Routing;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Upstreams.Connections;

namespace Morgan.LlmService.Endpoints;

/// <summary>
/// The way to the embedding service, and what it serves. No resilience handler is on it: the standard one's ten seconds
/// would cut a large batch short and send it again.
/// </summary>
internal sealed class EmbeddingLink : BackgroundService
{
    private const string Discovered = "https+http://embedding";
    private const int LargestReport = 1024 * 1024;
    private static readonly TimeSpan Impatient = TimeSpan.FromSeconds(2);

    private readonly IReloading<LlmOptions> _options;
    private readonly IConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger<EmbeddingLink> _logger;
    private readonly HttpMessageInvoker _invoker;
    private volatile IReadOnlyList<ModelInfo>? _models;
    private volatile bool _isUp;

    public EmbeddingLink(
        IReloading<LlmOptions> options,
        IConfiguration configuration,
        IServiceDiscoveryHttpMessageHandlerFactory discovery,
        TimeProvider time,
        ILogger<EmbeddingLink> logger)
    {
        (_options, _configuration, _time, _logger) = (options, configuration, time, logger);
        _invoker = new HttpMessageInvoker(discovery.CreateHandler(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectCallback = GuardedConnection.ConnectAsync,
            ConnectTimeout = options.Current.Timeouts.Connect,
            PooledConnectionLifetime = options.Current.Pool.Lifetime,
        }));
    }

    /// <summary>Whether there is one: an address, or an entry of service discovery.</summary>
    public bool IsConfigured => _options.Current.Embedding.Url is not null || _configuration.GetSection("services:embedding").Exists();

    /// <summary>Whether it answered when it was last asked.</summary>
    public bool IsUp => _isUp;

    /// <summary>What it serves; null: it has not said yet.</summary>
    public IReadOnlyList<ModelInfo>? Models => _models;

    /// <summary>Whether it serves <paramref name="model"/>.</summary>
    public bool Serves(string model)
    {
        foreach (var known in _models ?? [])
        {
            if (known.Id.Equals(model, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The address of a path there.</summary>
    public Uri UriFor(string path) => new($"{(_options.Current.Embedding.Url ?? Discovered).TrimEnd('/')}/{path}");

    /// <summary>Sends a request with the configured key.</summary>
    /// <exception cref="HttpRequestException">It did not answer.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_options.Current.Embedding.Key is { Length: > 0 } key)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        return _invoker.SendAsync(request, cancellationToken);
    }

    /// <summary>Reads a path there that tells something of the service, at most 1 MiB within <c>Llm:Health:Timeout</c>. Null: there is no good answer.</summary>
    public async Task<byte[]?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Current.Health.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = Housekeeping.Get(UriFor(path));
            using var response = await SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            await response.Content.LoadIntoBufferAsync(LargestReport, either.Token);
            return await response.Content.ReadAsByteArrayAsync(either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException or OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.EmbeddingServiceAway(_logger, e.Message);
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _invoker.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (IsConfigured)
            {
                await AskAsync(stoppingToken);
            }

            var interval = _options.Current.Health.Interval;
            await Task.Delay(_isUp || interval < Impatient ? interval : Impatient, _time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(CancellationToken stoppingToken)
    {
        try
        {
            var answer = await GetAsync("v1/models", stoppingToken);
            _models = answer is null ? _models : ModelList.Parse(answer) ?? _models;
            _isUp = answer is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            _isUp = false;
            Log.EmbeddingServiceAway(_logger, e.Message);
        }
    }
}
