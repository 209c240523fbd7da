using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// One sending of a request to one host: how to write it and how to read the answer until it can be handed on. It keeps
/// what it has read, so that the caller goes on reading where <see cref="AcceptAsync"/> stopped.
/// </summary>
/// <remarks>
/// What it holds is its own business until <see cref="AcceptAsync"/> has returned success, and the caller's from then on,
/// by way of <see cref="UpstreamResult.Attempt"/>. When another attempt wins the race at that point, the engine disposes it
/// if it is <see cref="IDisposable"/>.
/// </remarks>
public interface IAttempt
{
    /// <summary>
    /// The request for <paramref name="host"/>; its address by <see cref="Host.UriFor"/>. Credentials and the HTTP version are added by the engine, which
    /// also disposes it.
    /// </summary>
    /// <param name="host">Where it goes.</param>
    /// <param name="model">The host's own name of the model; null when the candidate has none.</param>
    HttpRequestMessage CreateRequest(Host host, string? model);

    /// <summary>
    /// Reads as far as it must before the answer can be handed on: not streamed, nothing; streamed, up to the first data
    /// event. Called for 2xx answers alone. What it throws is a failure of the host.
    /// </summary>
    /// <param name="response">The answer; disposed by the engine.</param>
    /// <param name="cancellationToken">Ends at the time limit for the first data, and when the attempt has lost.</param>
    /// <returns><see cref="OutcomeKind.Success"/> to take it, anything else to go to another host.</returns>
    ValueTask<AttemptOutcome> AcceptAsync(HttpResponseMessage response, CancellationToken cancellationToken);
}
