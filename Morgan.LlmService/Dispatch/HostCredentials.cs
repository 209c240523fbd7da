using Azure;
using Azure.Core;
using Morgan.Upstreams.Connections;

namespace Morgan.LlmService.Dispatch;

/// <summary>
/// Adds a host's credentials: its key, or for <c>"Credential": "entra"</c> a token of the identity that the service runs
/// as (Azure.Identity's default chain), kept until shortly before it expires.
/// </summary>
internal sealed class HostCredentials(TokenCredential credential, TimeProvider time) : IHostAuthorization, IDisposable
{
    private const string Scope = "https://cognitiveservices.azure.com/.default";
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    private readonly KeyAuthorization _keys = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Token? _token;

    /// <inheritdoc/>
    public ValueTask AuthorizeAsync(Host host, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (host.Options.Credential is null)
        {
            return _keys.AuthorizeAsync(host, request, cancellationToken);
        }

        if (_token is { } known && time.GetUtcNow() < known.RenewAt)
        {
            request.Headers.TryAddWithoutValidation("Authorization", known.Header);
            return ValueTask.CompletedTask;
        }

        return RenewAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async ValueTask RenewAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_token is not { } known || time.GetUtcNow() >= known.RenewAt)
            {
                var token = await credential.GetTokenAsync(new TokenRequestContext([Scope]), cancellationToken);
                _token = known = new Token($"Bearer {token.Token}", token.ExpiresOn - Early);
            }

            request.Headers.TryAddWithoutValidation("Authorization", known.Header);
        }
        catch (Exception e) when (e is Azure.Identity.AuthenticationFailedException or RequestFailedException)
        {
            throw new HostAuthorizationException("Entra ID gave no token", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed record Token(string Header, DateTimeOffset RenewAt)
    {
        public override string ToString() => $"until {RenewAt}";
    }
}
