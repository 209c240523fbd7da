using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Benchmarks.Limits;

/// <summary>Options that stay as they are.</summary>
internal sealed class Constant<T>(T current) : IReloading<T>, IDisposable
    where T : class
{
    public T Current => current;

    public IDisposable OnChange(Action<T> listener) => this;

    public void Dispose()
    {
    }
}
