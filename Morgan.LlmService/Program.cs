using Morgan.LlmService;
using Morgan.ServiceDefaults.Lifetime;

return await ServiceHost.RunAsync(args, LlmApplication.Create);
