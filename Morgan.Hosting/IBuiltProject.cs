namespace Aspire.Hosting;

/// <summary>A project whose output is known, so that it can be started without asking MSBuild for it.</summary>
public interface IBuiltProject : IProjectMetadata
{
    /// <summary>The full path of the assembly that the project builds.</summary>
    string TargetPath { get; }
}
