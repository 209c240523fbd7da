using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Benchmarks.Limits;

/// <summary>Options that change only when somebody sets them.</summary>
internal sealed class FixedOptions<T>(T current) : IReloading<T>, IDisposable
    where T : class
{
    public T Current { get; set; } = current;

    public IDisposable OnChange(Action<T> listener) => this;

    public void Dispose()
    {
    }
}
