using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Morgan.ServiceDefaults.Configuration;

internal sealed class ReloadingOptions<T> : IReloading<T>, IDisposable
    where T : class, new()
{
    private readonly Lock _gate = new();
    private readonly string _section;
    private readonly IConfiguration _configuration;
    private readonly Func<T, IEnumerable<string>> _validate;
    private readonly Action<T, IConfigurationSection>? _complete;
    private readonly ILogger _logger;
    private readonly IDisposable _subscription;
    private Action<T>? _listeners;
    private string _content;
    private volatile T _current;

    public ReloadingOptions(
        string section,
        Func<T, IEnumerable<string>> validate,
        Action<T, IConfigurationSection>? complete,
        IConfiguration configuration,
        ILoggerFactory loggers)
    {
        (_section, _validate, _complete, _configuration) = (section, validate, complete, configuration);
        _logger = loggers.CreateLogger("Morgan.ServiceDefaults.Configuration");
        _content = Content();
        _current = Read();
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public T Current => _current;

    public IDisposable OnChange(Action<T> listener)
    {
        lock (_gate)
        {
            _listeners += listener;
        }

        return new Registration(() =>
        {
            lock (_gate)
            {
                _listeners -= listener;
            }
        });
    }

    public void Dispose() => _subscription.Dispose();

    private void Reload()
    {
        lock (_gate)
        {
            var content = Content();
            if (content == _content)
            {
                return;
            }

            _content = content;
            try
            {
                _current = Read();
            }
            catch (ConfigurationException e)
            {
                Log.ConfigurationRefused(_logger, e.Message);
                return;
            }

            Log.ConfigurationReloaded(_logger, _section);
            Tell(_current);
        }
    }

    private void Tell(T version)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(_listeners))
        {
            try
            {
                listener(version);
            }
#pragma warning disable CA1031 // one listener's fault must not keep the others, or the file watcher, from going on
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.ListenerFailed(_logger, _section, e);
            }
        }
    }

    private T Read()
    {
        var section = _configuration.GetSection(_section);
        T version;
        try
        {
            version = section.Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException(BinderMessage.Explain(_section, e), e);
        }

        _complete?.Invoke(version, section);
        string[] problems = [.. _validate(version)];
        return problems.Length == 0 ? version : throw new ConfigurationException(problems);
    }

    // What the section says, as text: reload tokens fire for changes elsewhere, and twice for one save.
    private string Content() =>
        string.Join('\n', _configuration.GetSection(_section).AsEnumerable(makePathsRelative: true)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}={pair.Value}"));

    private sealed class Registration(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
