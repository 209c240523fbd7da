using Microsoft.AspNetCore.Connections;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.ServiceDefaults.Lifetime;

/// <summary>Knows the failures of a start that are the user's to mend, and says how. Anything else keeps its stack trace.</summary>
internal static class StartFailure
{
    public static string? Explain(Exception e)
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case ConfigurationException configuration:
                    return configuration.Message;
                case AddressInUseException:
                    return $"{e.Message} Stop the other process, or choose another address with --urls http://localhost:PORT or ASPNETCORE_URLS.";
                default:
                    continue;
            }
        }

        return null;
    }
}
