import { modelInspectorConformance } from '../conformance/model-inspector.ts';
import { functionModelInspector } from './model-host.ts';

modelInspectorConformance('Azure', ({ artifacts, folder }) => functionModelInspector({ artifacts, folder, environment: {} }));
