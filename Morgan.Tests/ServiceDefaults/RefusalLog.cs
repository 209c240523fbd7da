using Microsoft.Extensions.Logging;

namespace Morgan.Tests.ServiceDefaults;

/// <summary>Counts the configuration versions that were refused.</summary>
internal sealed class RefusalLog : ILoggerProvider, ILogger
{
    private const int ConfigurationRefused = 1001;

    private int _count;

    public int Count => Volatile.Read(ref _count);

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == ConfigurationRefused)
        {
            Interlocked.Increment(ref _count);
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
