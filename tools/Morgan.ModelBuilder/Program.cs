using Morgan.ModelBuilder.CommandLine;
using Morgan.ModelBuilder.Package;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var npm = new NpmClient(NpmClient.DefaultExecutable, TimeSpan.FromMinutes(5));
return await new BuildCommand(npm, Console.Out, Console.Error).RunAsync(args, stop.Token);
