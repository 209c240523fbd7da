using System.Text.Json;
using Morgan.LlmService.Dispatch;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Relay;

/// <summary>
/// An attempt whose answer is one JSON body. The host sends it when it has finished, so it is read and looked at before
/// the client sees any of it: a broken one goes to another host unseen.
/// </summary>
internal sealed class WholeAttempt(Exchange exchange) : IAttempt, IDisposable
{
    /// <summary>A larger answer is passed on as it comes, without being looked at; so is any that there is no memory for.</summary>
    private const int MostHeld = 16 * 1024 * 1024;
    private const int FirstSize = 8 * 1024;

    // Made when there is an answer to read: most failed attempts have none.
    private PooledWriter _body = null!;
    private Stream? _host;

    /// <summary>What was read of it.</summary>
    public AnswerReader Answer { get; } = new();

    /// <summary>The body, or its beginning.</summary>
    public ReadOnlyMemory<byte> Body => _body.Memory;

    /// <summary>Whether <see cref="Body"/> is all of it.</summary>
    public bool IsWhole { get; private set; }

    /// <inheritdoc/>
    public HttpRequestMessage CreateRequest(Host host, string? model) => HostRequest.Create(exchange, host, model, askUsage: false);

    /// <inheritdoc/>
    public async ValueTask<AttemptOutcome> AcceptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var accepted = false;
        using var guard = new RelayGuard(exchange.Timeouts, exchange.Deadline, exchange.Services.Time, cancellationToken);
        try
        {
            if (!HostAnswer.Is(response, "application/json")
                || response.Content.Headers.ContentLength > exchange.Services.Options.Current.MaxAnswerBytes)
            {
                return AttemptOutcome.Failed(FailureReason.BrokenBody);
            }

            _body = new PooledWriter(FirstSize, exchange.Services.Held);
            _host = response.Content.ReadAsStream(cancellationToken); // nothing is read yet
            while (!IsWhole && _body.Length < MostHeld && _body.TryMakeRoom())
            {
                IsWhole = !await ReadAsync(guard);
            }

            var outcome = Judge(response);
            accepted = outcome.Kind == OutcomeKind.Success;
            return outcome;
        }
        catch (Exception e) when (guard.Explain(e) is { Reason: FailureReason.IdleTimeout } idle)
        {
            return idle;
        }
        finally
        {
            if (!accepted)
            {
                Dispose();
            }
        }
    }

    /// <summary>Reads more than <see cref="Body"/> holds into <paramref name="buffer"/>.</summary>
    public ValueTask<int> ReadMoreAsync(Memory<byte> buffer, RelayGuard guard) => guard.ReadAsync(_host!, buffer);

    /// <inheritdoc/>
    public void Dispose() => _body?.Dispose();

    private async ValueTask<bool> ReadAsync(RelayGuard guard)
    {
        var read = await guard.ReadAsync(_host!, _body.GetMemory());
        _body.Advance(read);
        return read > 0;
    }

    private AttemptOutcome Judge(HttpResponseMessage response)
    {
        if (HostSecrets.AreIn(response, _body.Span))
        {
            return AttemptOutcome.Failed(FailureReason.BrokenBody);
        }

        if (!IsWhole)
        {
            return AttemptOutcome.Success;
        }

        try
        {
            Answer.Read(_body.Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return AttemptOutcome.Failed(FailureReason.BrokenBody);
        }

        // A response object that failed has an error too, and is an answer.
        return Answer.Error is not { } error || exchange.Operation == Operation.Responses ? AttemptOutcome.Success
            : error.IsRateLimit ? AttemptOutcome.RateLimited(null)
            : AttemptOutcome.Failed(FailureReason.ErrorInStream);
    }
}
