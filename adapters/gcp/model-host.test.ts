import { modelInspectorConformance } from '../conformance/model-inspector.ts';
import { cloudRunModelInspector } from './model-host.ts';

modelInspectorConformance('Google Cloud', cloudRunModelInspector);
