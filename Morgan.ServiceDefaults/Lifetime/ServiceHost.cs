using Microsoft.AspNetCore.Builder;

namespace Morgan.ServiceDefaults.Lifetime;

/// <summary>Runs a service and turns what went wrong at its start into one line.</summary>
public static class ServiceHost
{
    /// <summary>
    /// Builds and runs the application until it is told to stop.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="create">Builds the application; throws <see cref="Configuration.ConfigurationException"/> for bad values.</param>
    /// <returns>The process's exit code: 0, or 1 after a line on standard error that names the key or the fix.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], Action<WebApplicationBuilder>?, WebApplication> create)
    {
        try
        {
            UnicodeSupport.Require();
            await using var app = create(args, null);
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (StartFailure.Explain(e) is { } message)
        {
            await Console.Error.WriteLineAsync($"{typeof(ServiceHost).Assembly.GetName().Name?.Split('.')[0]}: {message}");
            return 1;
        }
    }
}
