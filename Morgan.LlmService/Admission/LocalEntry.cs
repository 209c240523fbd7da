namespace Morgan.LlmService.Admission;

/// <summary>What one request has set aside in this process's own books.</summary>
internal sealed class LocalEntry(LimitLedger tenant, LimitLedger? key, long tenantSlice, long keySlice, int day, long reserved)
{
    /// <summary>Books what was used in place of what was set aside. Not thread-safe; once.</summary>
    public void End(long used)
    {
        var difference = used - reserved;
        tenant.Tokens.Correct(tenantSlice, difference);
        tenant.BookDay(day, difference);
        tenant.Concurrent--;
        key?.Tokens.Correct(keySlice, difference);
    }
}
