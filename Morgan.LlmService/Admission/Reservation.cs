namespace Morgan.LlmService.Admission;

/// <summary>What a request has set aside: settled once with what it used, or given back.</summary>
internal sealed class Reservation : IDisposable
{
    private readonly TenantLimits _limits;
    private readonly LimitLedger? _tenant;
    private readonly LimitLedger? _key;
    private readonly long _tenantSlice;
    private readonly long _keySlice;
    private readonly int _day;
    private readonly long _reserved;
    private int _ended;
    private long _used;

    internal Reservation(
        TenantLimits limits, LimitLedger? tenant, LimitLedger? key, long tenantSlice, long keySlice, int day, long reserved)
    {
        (_limits, _tenant, _key) = (limits, tenant, key);
        (_tenantSlice, _keySlice, _day, _reserved) = (tenantSlice, keySlice, day, reserved);
    }

    /// <summary>Says what the request has used; 0, if it is never called.</summary>
    public void Settle(long tokens) => _used = tokens;

    /// <summary>Books what was used in place of what was set aside.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _limits.End(this);
        }
    }

    internal void End()
    {
        var difference = _used - _reserved;
        if (_tenant is not null)
        {
            _tenant.Tokens.Correct(_tenantSlice, difference);
            _tenant.BookDay(_day, difference);
            _tenant.Concurrent--;
        }

        _key?.Tokens.Correct(_keySlice, difference);
    }
}
