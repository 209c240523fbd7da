using System.Reflection;
using Aspire.Hosting;
using Microsoft.Extensions.Hosting;

namespace Morgan.Hosting.Testing;

/// <summary>Runs an AppHost's entry point up to <c>Build()</c>, so that a test gets what it describes.</summary>
internal sealed class EntryPointInterception(Assembly assembly, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
{
    private static readonly AsyncLocal<EntryPointInterception?> Running = new();
    private IDistributedApplicationBuilder? _described;

    /// <summary>The test that runs the current code; null in an AppHost that was started as a program.</summary>
    public static EntryPointInterception? Current => Running.Value;

    public Assembly Assembly => assembly;

    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) => configure(options, settings);

    /// <summary>Ends the entry point at <c>Build()</c>.</summary>
    public void HandOver(IDistributedApplicationBuilder builder)
    {
        _described = builder;
        throw new HostAbortedException("A test takes over from here.");
    }

    /// <summary>Runs the entry point and returns the builder that it was about to build.</summary>
    /// <exception cref="DistributedApplicationException">It ended before that.</exception>
    public async Task<IDistributedApplicationBuilder> RunAsync(string[] args)
    {
        await Task.Run(async () =>
        {
            Running.Value = this;
            try
            {
                object?[] parameters = assembly.EntryPoint!.GetParameters().Length == 0 ? [] : [args];
                if (assembly.EntryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, null, parameters, null) is Task end)
                {
                    await end;
                }
            }
            catch (HostAbortedException) when (_described is not null)
            {
                // as intended
            }
        });
        return _described ?? throw new DistributedApplicationException($"{assembly.GetName().Name} ended before it built an application.");
    }
}
