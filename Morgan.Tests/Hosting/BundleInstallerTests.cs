using Aspire.Hosting;
using Morgan.Hosting.Bundle;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Hosting;

public sealed class BundleInstallerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("morgan-bundle-").FullName;
    private readonly StringWriter _output = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Cache => Path.Combine(_folder, "cache");

    private string Calls => Path.Combine(_folder, "calls");

    public void Dispose()
    {
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task FindOrInstall_ByTwoAtOnce_AsksNpmOnce()
    {
        var npm = FakeNpm();
        Directory.CreateDirectory(Path.Combine(Cache, "left-over.part"));

        var bundles = await Task.WhenAll(Task.Run(() => InstallAsync(npm)), Task.Run(() => InstallAsync(npm)));

        Assert.All(bundles, b => Assert.Equal(Path.Combine(Cache, AspireBundle.Version, "dcp", "dcp"), b.Dcp));
        Assert.All(bundles, b => Assert.True(File.Exists(b.Dashboard)));
        Assert.Single(await File.ReadAllLinesAsync(Calls, Cancelled));
        Assert.Equal([Path.Combine(Cache, AspireBundle.Version)], Directory.EnumerateDirectories(Cache));
        Assert.Contains("with npm", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindOrInstall_ASecondTime_AsksNobody()
    {
        await InstallAsync(FakeNpm());

        await InstallAsync("npm-is-not-here");

        Assert.Single(await File.ReadAllLinesAsync(Calls, Cancelled));
    }

    [Fact]
    public async Task FindOrInstall_WithoutNpm_SaysWhatToInstall()
    {
        var problem = await Assert.ThrowsAsync<DistributedApplicationException>(() => InstallAsync("npm-is-not-here"));

        Assert.Contains("install Node.js", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindOrInstall_OfPackageWithoutHash_RefusesItAndLeavesNothing()
    {
        var npm = FakeNpm(integrity: "");

        var problem = await Assert.ThrowsAsync<DistributedApplicationException>(() => InstallAsync(npm));

        Assert.Contains("SHA-512", problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Cache));
    }

    [Fact]
    public async Task FindOrInstall_WithNpmFailing_SaysWhatNpmSaidInOneLine()
    {
        var npm = FakeNpm(fail: "echo 'npm error code E401' >&2; echo 'npm error log in first' >&2; exit 3");

        var problem = await Assert.ThrowsAsync<DistributedApplicationException>(() => InstallAsync(npm));

        Assert.Equal("npm install failed with exit code 3: npm error code E401 npm error log in first", problem.Message);
    }

    [Fact]
    public async Task AppHost_WithoutNpmAndBundle_SaysWhatToInstallInOneLine()
    {
        await using var program = AppHostProgram.Start(
            new Dictionary<string, string>
            {
                ["PATH"] = _folder,
                ["HOME"] = _folder,
                ["USERPROFILE"] = _folder,
                ["LOCALAPPDATA"] = _folder,
                ["XDG_DATA_HOME"] = _folder,
                ["ASPIRE_DCP_PATH"] = "",
                ["ASPIRE_DASHBOARD_PATH"] = "",
            },
            MorganApp.Args("--DcpPublisher:RandomizePorts=true"));

        Assert.Equal(1, await program.ExitAsync(TimeSpan.FromSeconds(60)));
        Assert.StartsWith("Morgan: npm is missing: install Node.js", Assert.Single((await program.Error).TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_WithSeveralVersions_TakesTheNewestThatFits()
    {
        foreach (var version in new[] { "13.4.9_a", "13.5.1_b", "13.5.4_c", "14.0.0_d" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
        }

        Assert.Equal(["13.5.4_c", "13.5.1_b"], AspireBundle.Versions(_folder).Select(Path.GetFileName));
        Assert.Null(AspireBundle.In(Path.Combine(_folder, "13.5.4_c")));
    }

    private Task<AspireBundle> InstallAsync(string npm) =>
        new BundleInstaller(Cache, () => AspireBundle.In(Path.Combine(Cache, AspireBundle.Version)), npm).FindOrInstallAsync(TextWriter.Synchronized(_output), Cancelled);

    /// <summary>A program that installs as npm does: a command line tool that unpacks a bundle of empty files.</summary>
    private string FakeNpm(string integrity = "sha512-abc", string fail = "")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the fake npm is a shell script");
        var npm = Path.Combine(_folder, "npm");
        File.WriteAllText(npm, """
            #!/bin/sh
            echo "$@" >> "CALLS"
            FAIL
            package=$(echo "$9" | sed 's/@13.*//'); [ -n "$package" ] || exit 9
            mkdir -p "$3/node_modules/$package/bin"
            printf '{"packages":{"node_modules/%s":{"version":"13.5.4","integrity":"INTEGRITY"}}}' "$package" > "$3/node_modules/.package-lock.json"
            printf '#!/bin/sh\nmkdir -p "$5/versions/13.5.4_x/dcp" "$5/versions/13.5.4_x/managed"\ntouch "$5/versions/13.5.4_x/dcp/dcp" "$5/versions/13.5.4_x/managed/aspire-managed"\n' > "$3/node_modules/$package/bin/aspire"
            chmod +x "$3/node_modules/$package/bin/aspire"
            """.Replace("CALLS", Calls, StringComparison.Ordinal).Replace("FAIL", fail, StringComparison.Ordinal)
            .Replace("INTEGRITY", integrity, StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return npm;
    }
}
