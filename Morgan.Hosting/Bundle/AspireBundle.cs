namespace Morgan.Hosting.Bundle;

/// <summary>The programs that the stand-in runs on, out of Aspire's CLI.</summary>
/// <param name="Dcp">The orchestrator.</param>
/// <param name="Dashboard">The program that holds the dashboard.</param>
internal sealed record AspireBundle(string Dcp, string Dashboard)
{
    /// <summary>The version of Aspire that the stand-in is written for; any 13.5 will do.</summary>
    public const string Version = "13.5.4";

    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>Finds a bundle on this machine: named by ASPIRE_DCP_PATH and ASPIRE_DASHBOARD_PATH, else Aspire's own, else one that Morgan installed.</summary>
    /// <param name="cacheFolder">Where Morgan installs bundles.</param>
    public static AspireBundle? Find(string cacheFolder)
    {
        if (Environment.GetEnvironmentVariable("ASPIRE_DCP_PATH") is { Length: > 0 } dcp
            && Environment.GetEnvironmentVariable("ASPIRE_DASHBOARD_PATH") is { Length: > 0 } dashboard)
        {
            return Of(dcp, dashboard);
        }

        var aspire = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire", "versions");
        return Versions(aspire).Select(In).FirstOrDefault(found => found is not null) ?? In(Path.Combine(cacheFolder, Version));
    }

    /// <summary>The bundle that lies unpacked in a folder; null if none does.</summary>
    public static AspireBundle? In(string folder) => Of(Path.Combine(folder, "dcp"), Path.Combine(folder, "managed"));

    /// <summary>The folders of unpacked bundles of a version that fits, the newest first.</summary>
    public static IEnumerable<string> Versions(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, "13.5.*").OrderDescending(StringComparer.Ordinal)
        : [];

    private static AspireBundle? Of(string dcp, string dashboard)
    {
        var (dcpFile, dashboardFile) = (File(dcp, "dcp"), File(dashboard, "aspire-managed"));
        return System.IO.File.Exists(dcpFile) && System.IO.File.Exists(dashboardFile) ? new(dcpFile, dashboardFile) : null;
    }

    private static string File(string path, string program) => Directory.Exists(path) ? Path.Combine(path, program + Suffix) : path;
}
