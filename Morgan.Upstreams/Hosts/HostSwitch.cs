namespace Morgan.Upstreams.Hosts;

/// <summary>
/// Whether a host gets requests at all, by configuration and by hand. What was set by hand stays over a reload, unless the
/// configuration has changed its mind.
/// </summary>
internal sealed class HostSwitch(bool configured)
{
    private volatile bool _configured = configured;
    private volatile bool _enabled = configured;
    private volatile bool _draining;

    public bool IsEnabled => _enabled;

    public bool IsDraining => _draining;

    public bool IsOff => !_enabled || _draining;

    public void Configure(bool enabled)
    {
        if (_configured != enabled)
        {
            _configured = _enabled = enabled;
            _draining = false;
        }
    }

    public void Enable()
    {
        _enabled = true;
        _draining = false;
    }

    public void Disable() => _enabled = false;

    public void Drain() => _draining = true;
}
