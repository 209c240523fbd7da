using System.Text.Json;

namespace Morgan.Tests.Deploy;

/// <summary>What the .NET SDK would make an image of, as it is evaluated.</summary>
public sealed class ContainerTests
{
    [Theory]
    [InlineData("Morgan.LlmService")]
    [InlineData("Morgan.EmbeddingService")]
    [InlineData("Morgan.LlmSimulator")]
    public async Task Image_OfAService_HasIcuAndNoRoot(string project)
    {
        var (exitCode, said) = await PublishedServices.DotnetAsync(
            "msbuild", Path.Combine(Repository.Root, project), "-t:ComputeContainerConfig",
            "-getProperty:ContainerBaseImage,ContainerUser,ContainerRepository,InvariantGlobalization");
        Assert.True(exitCode == 0, said);
        var properties = JsonSerializer.Deserialize<JsonElement>(said).GetProperty("Properties");

        Assert.EndsWith("/dotnet/aspnet:10.0-noble-chiseled-extra", properties.GetProperty("ContainerBaseImage").GetString(), StringComparison.Ordinal);
        Assert.Equal("1654", properties.GetProperty("ContainerUser").GetString());
        Assert.Equal("false", properties.GetProperty("InvariantGlobalization").GetString());
        Assert.Equal(project.ToLowerInvariant().Replace('.', '-'), properties.GetProperty("ContainerRepository").GetString());
    }

    [Theory]
    [InlineData("RuntimeIdentifier")]
    [InlineData("ContainerRuntimeIdentifier")]
    public async Task Image_ForOnePlatform_IsCompiledAheadOfTime_WithTheFrameworkOfTheImage(string named)
    {
        var (exitCode, said) = await PublishedServices.DotnetAsync(
            "msbuild", Path.Combine(Repository.Root, "Morgan.LlmService"), $"-p:{named}=linux-x64",
            "-getProperty:RuntimeIdentifier,PublishReadyToRun,SelfContained,RestorePackagesWithLockFile");
        Assert.True(exitCode == 0, said);
        var properties = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(said)!["Properties"];

        Assert.Equal(("linux-x64", "true", "false"), (properties["RuntimeIdentifier"], properties["PublishReadyToRun"], properties["SelfContained"]));
        Assert.NotEqual("true", properties["RestorePackagesWithLockFile"]); // the file is of all platforms
    }

    [Fact]
    public void AzdProject_NamesTheAppHost()
    {
        var line = Assert.Single(File.ReadLines(Path.Combine(Repository.Root, "azure.yaml")), line => line.Contains("project:", StringComparison.Ordinal));

        Assert.True(File.Exists(Path.Combine(Repository.Root, line.Split(": ")[1].Trim())), line);
    }
}
