using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Morgan.LlmService.Admission.Shared;

namespace Morgan.Tests.State;

/// <summary>Keeps what the store of limits logs.</summary>
internal sealed class TroubleLog : ILogger<LimitStore>
{
    private readonly ConcurrentQueue<string> _said = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _said.Enqueue(formatter(state, exception));

    public override string ToString() => string.Join("; ", _said);
}
